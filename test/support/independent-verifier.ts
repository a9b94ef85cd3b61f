/** The verifier in verifier/: a package of its own that shares no code with src, typed here for the tests. */
interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}
type Judged = Head & { readonly cosigners: readonly { readonly name: string; readonly time: number }[] };
type Key = {
  readonly name: string;
  readonly id: string;
  readonly type: number;
  readonly publicKey: Uint8Array;
};
type Policy = { readonly quorum: string };
type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

const load = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../verifier/${name}`, import.meta.url).href)) as T;

export const { sha256 } = await load<{ sha256(...parts: Uint8Array[]): Uint8Array }>('sha256.js');
export const { NotVerified } = await load<{ NotVerified: new () => Error }>('text.js');
export const { readKey, readNote } = await load<{
  readKey(text: string): Key;
  readNote(bytes: Uint8Array, place: string): { text: string; signatures: { name: string; id: string }[] };
}>('note.js');
export const { readCheckpoint, readPolicy, policyOfKey, judgeCheckpoint } = await load<{
  readCheckpoint(bytes: Uint8Array, place: string): Head;
  readPolicy(bytes: Uint8Array): Policy;
  policyOfKey(key: Key): Policy;
  judgeCheckpoint(bytes: Uint8Array, policy: Policy): Promise<Judged>;
}>('checkpoint.js');
export const { rootOfPath, leaf } = await load<{
  rootOfPath(index: number, size: number, hash: Uint8Array, path: readonly Uint8Array[]): Uint8Array;
  leaf(entry: Uint8Array): Uint8Array;
}>('tree.js');
export const { readProof, verifyProof } = await load<{
  readProof(bytes: Uint8Array): { index: number; hashes: Uint8Array[]; checkpoint: Uint8Array };
  verifyProof(
    proof: Uint8Array,
    entry: Uint8Array,
    policy: Policy,
  ): Promise<{ index: number; checkpoint: Judged }>;
}>('proof.js');
export const { verifyLog } = await load<{
  verifyLog(
    readFile: ReadFile,
    policy: Policy,
    options?: { held?: readonly Uint8Array[]; checkpointBytes?: Uint8Array },
  ): Promise<Judged>;
}>('log.js');
export const { readEntry, verifyDisclosures } = await load<{
  readEntry(bytes: Uint8Array): { kind: string; at: string; digests: string[] };
  verifyDisclosures(
    entry: Uint8Array,
    texts: readonly string[],
  ): { kind: string; at: string; fields: { name: string; value: unknown }[]; withheld: number };
}>('entry.js');
export const { verifyBundle } = await load<{
  verifyBundle(
    zip: Uint8Array,
    policy: Policy,
    options?: { held?: readonly Uint8Array[] },
  ): Promise<{
    checkpoint: Judged;
    entries: { index: number; kind: string; at: string; fields: { name: string; value: unknown }[] }[];
    withheld: number;
    complete: string;
    timestamps: number[];
  }>;
}>('bundle.js');
export const { buildPage } = await load<{ buildPage(): Promise<string> }>('build-page.js');
