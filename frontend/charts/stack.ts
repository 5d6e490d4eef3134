/** Arithmetic on series that stand on top of each other. */
import type { Series } from './series';

/** The highest and lowest points of a stack, place by place: positive and negative values stack apart. */
export function stackedExtremes(series: readonly Series[]): readonly number[] {
  const length = series[0]?.values.length ?? 0;
  return Array.from({ length }, (_, index) => index).flatMap((index) => {
    let [up, down] = [0, 0];
    for (const { values } of series) {
      const value = values[index] ?? 0;
      if (value >= 0) up += value;
      else down += value;
    }
    return [up, down];
  });
}

/** Each value as a share of its place's total; null where there is nothing to share. */
export function shares(series: readonly Series[]): readonly Series[] {
  const length = series[0]?.values.length ?? 0;
  const totals = Array.from({ length }, (_, index) =>
    series.reduce((sum, { values }) => sum + Math.max(0, values[index] ?? 0), 0),
  );
  return series.map((each) => ({
    ...each,
    values: each.values.map((value, index) => {
      const total = totals[index] ?? 0;
      return value === null || total === 0 ? null : Math.max(0, value) / total;
    }),
  }));
}
