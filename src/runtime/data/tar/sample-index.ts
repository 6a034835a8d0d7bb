/** Where the members of each sample are: a few numbers a sample, so that millions fit in memory. */

/** Numbers in an array that grows. */
export class Numbers {
  private values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  at(place: number): number {
    return this.values[place]!;
  }

  /** Those at `places`, and nothing more. */
  pick(places: ArrayLike<number>): Float64Array {
    return Float64Array.from(places, (place) => this.values[place]!);
  }
}

/** The members with one ending; −1 where a sample has none. */
export class Members {
  readonly starts = new Numbers();
  readonly lengths = new Numbers();

  set(sample: number, start: number, length: number): boolean {
    if (this.starts.length > sample) return false;
    this.fillTo(sample);
    this.starts.push(start);
    this.lengths.push(length);
    return true;
  }

  fillTo(count: number): void {
    while (this.starts.length < count) {
      this.starts.push(-1);
      this.lengths.push(0);
    }
  }
}
