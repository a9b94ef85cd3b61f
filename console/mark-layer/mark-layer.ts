/**
 * The layer that carries a view's mark over the whole page. No dependencies; the picture comes from the server as
 * PNG, so that the page never holds the view id as text. The layer puts itself back when it is taken away or
 * altered, and tells when that happens. It deters and it reports; it cannot stop someone who owns the browser.
 */
export type AbsenceReason = 'removed' | 'altered' | 'hidden' | 'unloadable' | 'contested';

export interface Absence {
  readonly reason: AbsenceReason;
  /** How often the layer has put itself back since it was installed. */
  readonly restoredCount: number;
}

export interface MarkLayerOptions {
  /** The tile as the server drew it: PNG, 192 x 192 pixels. */
  readonly tile: Blob;
  /**
   * Called when the mark was away, at most once a second. After `contested` the layer has given up for a while:
   * hide what the page shows.
   */
  onAbsence(absence: Absence): void;
}

export interface MarkLayer {
  /** Resolves when the mark is on the screen for the first time; rejects when the tile is no picture. */
  readonly shown: Promise<void>;
  /** Puts another tile in place without a gap, when the page moves to another view. */
  replaceTile(tile: Blob): Promise<void>;
  /** Is the mark over the whole page right now? */
  isShown(): boolean;
  /** Takes the layer away for good. */
  remove(): void;
}

const tileCssPx = 192;
const checkEveryMs = 1_000;
const reportEveryMs = 1_000;
/** More restorations than this within ten seconds are a fight, not an accident. */
const restorationsMax = 40;
const fightWindowMs = 10_000;

const styleOf = (url: string): string =>
  [
    'all: initial',
    'display: block',
    'position: fixed',
    'inset: 0',
    'width: 100vw',
    'height: 100vh',
    'max-width: none',
    'max-height: none',
    'margin: 0',
    'padding: 0',
    'border: 0',
    'overflow: hidden',
    'visibility: visible',
    'opacity: 1',
    'pointer-events: none',
    'user-select: none',
    'z-index: 2147483647',
    'print-color-adjust: exact',
    `background: url("${url}") 0 0 / ${tileCssPx}px ${tileCssPx}px repeat transparent`,
  ]
    .map((rule) => `${rule} !important`)
    .join('; ');

class KeptLayer implements MarkLayer {
  readonly shown: Promise<void>;
  readonly #options: MarkLayerOptions;
  readonly #root = document.documentElement;
  readonly #layer = document.createElement('div');
  readonly #observer = new MutationObserver(() => this.#check());
  readonly #timer = setInterval(() => this.#check(), checkEveryMs);
  readonly #stopListening = new AbortController();
  #url: string;
  #style: string;
  /** The style as the browser wrote it down, to notice when someone changes it. */
  #worn: string | null = null;
  #restoredCount = 0;
  #restoredAtMs: number[] = [];
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #removed = false;

  constructor(options: MarkLayerOptions) {
    this.#options = options;
    this.#url = URL.createObjectURL(options.tile);
    this.#style = styleOf(this.#url);
    this.#layer.setAttribute('aria-hidden', 'true');
    const { signal } = this.#stopListening;
    document.addEventListener('toggle', (event) => this.#raiseOver(event), { capture: true, signal });
    this.#place();
    this.shown = this.#load(this.#url);
  }

  async replaceTile(tile: Blob): Promise<void> {
    const next = URL.createObjectURL(tile);
    await this.#load(next).catch((thrown: unknown) => {
      URL.revokeObjectURL(next);
      throw thrown;
    });
    URL.revokeObjectURL(this.#url);
    this.#url = next;
    this.#style = styleOf(next);
    this.#place();
  }

  isShown(): boolean {
    return !this.#removed && this.#fault() === undefined;
  }

  remove(): void {
    this.#removed = true;
    clearInterval(this.#timer);
    this.#observer.disconnect();
    this.#stopListening.abort();
    this.#layer.remove();
    URL.revokeObjectURL(this.#url);
  }

  async #load(url: string): Promise<void> {
    const image = new Image();
    image.src = url;
    await image.decode().catch((thrown: unknown) => {
      this.#report('unloadable');
      throw thrown;
    });
  }

  #report(reason: AbsenceReason): void {
    const nowMs = performance.now();
    if (nowMs - this.#reportedAtMs < reportEveryMs && reason !== 'contested') return;
    this.#reportedAtMs = nowMs;
    this.#options.onAbsence({ reason, restoredCount: this.#restoredCount });
  }

  /** Dialogs and popovers live in the top layer, above any z-index: the mark goes there too, and goes last. */
  #raise(): void {
    const layer = this.#layer;
    if (typeof layer.showPopover !== 'function') return;
    layer.popover = 'manual';
    if (layer.matches(':popover-open')) layer.hidePopover();
    layer.showPopover();
  }

  #raiseOver(event: Event): void {
    if (event.target !== this.#layer && 'newState' in event && event.newState === 'open') this.#raise();
  }

  #place(): void {
    const layer = this.#layer;
    this.#observer.disconnect();
    layer.removeAttribute('hidden');
    layer.removeAttribute('class');
    // By the object model: a page whose policy forbids inline styles takes no style attribute.
    layer.style.cssText = this.#style;
    this.#worn = layer.getAttribute('style');
    layer.replaceChildren();
    if (layer.parentNode !== this.#root) this.#root.append(layer);
    this.#raise();
    this.#observer.observe(this.#root, { childList: true });
    this.#observer.observe(layer, { attributes: true, childList: true });
  }

  #fault(): AbsenceReason | undefined {
    const layer = this.#layer;
    if (!layer.isConnected || layer.parentNode !== this.#root) return 'removed';
    if (layer.getAttribute('style') !== this.#worn || layer.hidden) return 'altered';
    const seen = getComputedStyle(layer);
    const box = layer.getBoundingClientRect();
    const covers =
      box.left <= 0 && box.top <= 0 && box.right >= innerWidth - 1 && box.bottom >= innerHeight - 1;
    const visible =
      seen.display === 'block' &&
      seen.visibility === 'visible' &&
      seen.opacity === '1' &&
      seen.filter === 'none';
    return covers && visible && seen.backgroundImage.includes(this.#url) ? undefined : 'hidden';
  }

  #check(): void {
    const reason = this.#removed ? undefined : this.#fault();
    if (!reason) return;
    const nowMs = performance.now();
    this.#restoredAtMs = this.#restoredAtMs.filter((atMs) => nowMs - atMs < fightWindowMs);
    if (this.#restoredAtMs.length >= restorationsMax) {
      this.#report('contested');
      return;
    }
    this.#restoredAtMs.push(nowMs);
    this.#restoredCount += 1;
    this.#place();
    this.#report(reason);
  }
}

/** Lays the mark over the page and keeps it there. */
export const installMarkLayer = (options: MarkLayerOptions): MarkLayer => new KeptLayer(options);
