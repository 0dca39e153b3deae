// Where an axis has its marks and what is written there; linear and logarithmic.

export type Ticks = { at: number[]; labels: string[] };

/** Marks between two values (min < max; both above 0 where logarithmic), about as many as asked for. */
export function axisTicks(min: number, max: number, log: boolean, count: number): Ticks {
  if (!(Number.isFinite(min) && Number.isFinite(max)) || min >= max) return { at: [], labels: [] };
  // over less than a decade and a half, decades alone would mark too little
  if (log && min > 0 && Math.log10(max / min) > 1.5) return decades(min, max, count);
  return linear(min, max, Math.max(3, count));
}

function linear(min: number, max: number, count: number): Ticks {
  // the finest of the steps 1, 2 and 5 that gives no more marks than were asked for, by one
  const power = 10 ** Math.floor(Math.log10((max - min) / count) - 1);
  const marks = (step: number): number => Math.floor(max / step + 1e-9) - Math.ceil(min / step - 1e-9) + 1;
  const step = power * ([1, 2, 5, 10, 20, 50, 100, 200].find((one) => marks(one * power) <= count + 1) ?? 500);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // a step too small to be told apart in the numbers themselves
  if (!Number.isFinite(first) || last - first > 4 * count || min + step === min) return { at: [], labels: [] };
  const at = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => rounded((first + index) * step) + 0);
  return { at, labels: at.map((value) => tickLabel(value, step, Math.max(Math.abs(min), Math.abs(max)))) };
}

const rounded = (value: number): number => Number(value.toPrecision(14));

/** One label of a linear axis: plain digits, or with an exponent where the numbers are very large or small. */
function tickLabel(value: number, step: number, largest: number): string {
  if (value === 0) return "0";
  const stepPower = Math.floor(Math.log10(step) + 1e-9);
  if (largest < 1e6 && stepPower >= -5) return value.toFixed(Math.max(0, -stepPower)).replace("-", minus);
  const power = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  const digits = Math.min(12, Math.max(0, power - stepPower));
  return value.toExponential(digits).replace("e+", "e").replaceAll("-", minus);
}

const minus = "\u2212";

function decades(min: number, max: number, count: number): Ticks {
  const first = Math.ceil(Math.log10(min) - 1e-9);
  const last = Math.floor(Math.log10(max) + 1e-9);
  const each = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, count)));
  const at: number[] = [];
  const labels: string[] = [];
  for (let power = first - 1; power <= last; power += 1)
    for (const digit of each === 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1]) {
      const value = Number(`${digit}e${power}`);
      if (value < min * (1 - 1e-9) || value > max * (1 + 1e-9)) continue;
      const named = digit === 1 && (power - first) % each === 0;
      // so many decades that a line for each would be a grey wall
      if (!named && each > 4) continue;
      // marks between the decades carry no words; of fewer than three decades 2 and 5 do
      const between = last - first < 2 && (digit === 2 || digit === 5);
      at.push(value);
      labels.push(named ? decadeLabel(power) : between ? shortNumber(value) : "");
    }
  return { at, labels };
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function decadeLabel(power: number): string {
  if (power >= -2 && power <= 3) return shortNumber(10 ** power);
  const digits = [...String(Math.abs(power))].map((digit) => superscripts[Number(digit)]).join("");
  return `10${power < 0 ? "⁻" : ""}${digits}`;
}

/** A number for reading, with so many significant digits: "0.00123", "1.2e-7". */
export function shortNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : `${minus}inf`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 10 ** Math.max(6, digits)
      ? String(Number(value.toPrecision(digits)))
      : value
          .toExponential(digits - 1)
          .replace(/\.?0+e/, "e")
          .replace("e+", "e");
  return text.replaceAll("-", minus);
}
