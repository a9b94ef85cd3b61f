/** A column of whole or real numbers that grows at its end: doubled when full, so that adding stays cheap. */
export interface GrowingColumn<T extends Int32Array | Uint16Array | Float64Array> {
  readonly length: number;
  push(value: number): void;
  /** What is there now, without a copy: valid until the next `push`. */
  filled(): T;
}

const growing = <T extends Int32Array | Uint16Array | Float64Array>(
  make: (places: number) => T,
): GrowingColumn<T> => {
  let places = make(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push: (value) => {
      if (length === places.length) {
        const wider = make(length * 2);
        wider.set(places);
        places = wider;
      }
      places[length] = value;
      length += 1;
    },
    filled: () => places.subarray(0, length) as T,
  };
};

export const growingInt32 = (): GrowingColumn<Int32Array> => growing((places) => new Int32Array(places));
export const growingUint16 = (): GrowingColumn<Uint16Array> => growing((places) => new Uint16Array(places));
export const growingFloat64 = (): GrowingColumn<Float64Array> =>
  growing((places) => new Float64Array(places));
