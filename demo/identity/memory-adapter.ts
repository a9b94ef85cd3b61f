import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  payload: AdapterPayload;
  readonly endsAt: number;
}

/** Sign-ins under way at once; the oldest is forgotten when one more comes. */
const keptMax = 20_000;

/** Where the demo's provider keeps what it handed out: in this process alone, gone with it. */
export const memoryAdapter = (): (new (model: string) => Adapter) => {
  const kept = new Map<string, Kept>();
  const find = (key: string): Kept | undefined => {
    const found = kept.get(key);
    if (found && found.endsAt > Date.now()) return found;
    kept.delete(key);
    return undefined;
  };
  return class implements Adapter {
    readonly #model: string;
    constructor(model: string) {
      this.#model = model;
    }
    #key(id: string): string {
      return `${this.#model} ${id}`;
    }
    async upsert(id: string, payload: AdapterPayload, expiresInSeconds = 3_600): Promise<void> {
      kept.set(this.#key(id), { payload, endsAt: Date.now() + expiresInSeconds * 1_000 });
      if (kept.size <= keptMax) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        break;
      }
    }
    async find(id: string): Promise<AdapterPayload | undefined> {
      return find(this.#key(id))?.payload;
    }
    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      for (const [key, { payload }] of kept) {
        if (payload.uid === uid && key.startsWith(`${this.#model} `)) return find(key)?.payload;
      }
      return undefined;
    }
    async findByUserCode(): Promise<undefined> {}
    async consume(id: string): Promise<void> {
      const found = find(this.#key(id));
      if (found) found.payload = { ...found.payload, consumed: Math.floor(Date.now() / 1_000) };
    }
    async destroy(id: string): Promise<void> {
      kept.delete(this.#key(id));
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
    }
  };
};
