// Progress that a person watches: not every block of every file.

const INTERVAL_MS = 50;

/**
 * Passes on at most twenty calls a second, and every one for which `isLast`
 * holds.  `now` is for tests.
 */
export function throttle<T>(
  emit: (value: T) => void,
  isLast: (value: T) => boolean,
  now: () => number = () => performance.now(),
): (value: T) => void {
  let next = -Infinity;
  return (value) => {
    const time = now();
    if (time < next && !isLast(value)) return;
    next = time + INTERVAL_MS;
    emit(value);
  };
}
