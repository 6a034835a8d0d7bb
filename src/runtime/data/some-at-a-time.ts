/** Work for each of so many places, some at a time: libraries do it in threads of their own. */
import { availableParallelism } from 'node:os';

export async function someAtATime(count: number, work: (place: number) => Promise<void>): Promise<void> {
  let next = 0;
  const some = async (): Promise<void> => {
    for (let place = next++; place < count; place = next++) await work(place);
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, some));
}
