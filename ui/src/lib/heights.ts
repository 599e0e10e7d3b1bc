/**
 * Offsets of rows of unequal height, for the virtual list: a Fenwick tree, so that measuring a row and finding
 * the row at an offset are both O(log n), whatever the length of the history. No DOM here.
 */
export class Heights {
  #keys: readonly string[] = [];
  readonly #indexes = new Map<string, number>();
  #heights: Float64Array = new Float64Array(0);
  #tree: Float64Array = new Float64Array(1);
  readonly #measured = new Map<string, number>();

  /** The rows in order; rows that were measured before keep their height, others get an estimate. */
  reset(keys: readonly string[], estimate: (index: number) => number): void {
    this.#keys = keys;
    const count = keys.length;
    this.#heights = new Float64Array(count);
    this.#tree = new Float64Array(count + 1);
    this.#indexes.clear();
    keys.forEach((key, index) => {
      this.#indexes.set(key, index);
      this.#heights[index] = this.#measured.get(key) ?? estimate(index);
    });
    for (let i = 1; i <= count; i++) {
      this.#tree[i] = (this.#tree[i] ?? 0) + (this.#heights[i - 1] ?? 0);
      const parent = i + (i & -i);
      if (parent <= count) this.#tree[parent] = (this.#tree[parent] ?? 0) + (this.#tree[i] ?? 0);
    }
  }

  get count(): number {
    return this.#keys.length;
  }

  /** The height of everything. */
  get total(): number {
    return this.offsetOf(this.#keys.length);
  }

  /** Where row `index` begins; `index === count` is the end. */
  offsetOf(index: number): number {
    let sum = 0;
    for (let i = Math.min(index, this.#keys.length); i > 0; i -= i & -i) sum += this.#tree[i] ?? 0;
    return sum;
  }

  /** Where a row is; -1 if it is not in the list. */
  indexOf(key: string): number {
    return this.#indexes.get(key) ?? -1;
  }

  heightOf(index: number): number {
    return this.#heights[index] ?? 0;
  }

  /** The row that covers `offset`; the first or the last one beyond the ends. */
  indexAt(offset: number): number {
    const count = this.#keys.length;
    if (count === 0) return 0;
    let index = 0;
    let rest = offset;
    for (let step = 2 ** Math.floor(Math.log2(count)); step > 0; step >>= 1) {
      const next = index + step;
      const height = this.#tree[next];
      if (next <= count && height !== undefined && height <= rest) {
        index = next;
        rest -= height;
      }
    }
    return Math.min(index, count - 1);
  }

  /** Takes a measured height. Returns by how much the row grew. */
  measure(index: number, height: number): number {
    const key = this.#keys[index];
    if (key === undefined) return 0;
    this.#measured.set(key, height);
    const grown = height - this.heightOf(index);
    if (grown === 0) return 0;
    this.#heights[index] = height;
    for (let i = index + 1; i <= this.#keys.length; i += i & -i) this.#tree[i] = (this.#tree[i] ?? 0) + grown;
    return grown;
  }

  /** Forgets what was measured: the width or the text size changed. */
  forget(): void {
    this.#measured.clear();
  }
}
