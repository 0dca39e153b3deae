// EventBridge's schedules: rate(...) and cron(...), their waiting times divided by a scale.

type Field = (value: number) => boolean;

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

function field(text: string, low: number, high: number, names: string[] = []): Field {
  const number = (part: string): number => {
    const at = names.indexOf(part.toUpperCase());
    const value = at >= 0 ? at + 1 : Number(part);
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new Error(`"${part}" is not from ${low} to ${high} in a cron expression`);
    }
    return value;
  };
  const parts = text.split(",").map((part): Field => {
    const [range = "", step] = part.split("/");
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) throw new Error(`"${part}" has a step that is no whole number`);
    if (range === "*" || range === "?") return (value) => (value - low) % every === 0;
    const [from = "", to] = range.split("-");
    const first = number(from);
    const last = to === undefined ? (step === undefined ? first : high) : number(to);
    return (value) => value >= first && value <= last && (value - first) % every === 0;
  });
  return (value) => parts.some((part) => part(value));
}

/**
 * Milliseconds until a schedule's next turn, by an expression of EventBridge.
 * @throws Error on an expression that is neither rate(n unit) nor a cron without L, W and #
 */
export function nextTurn(expression: string): (now: Date) => number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count && unit) {
    const period = Number(count) * (unitMs[unit] ?? 0);
    return () => period;
  }
  const [, inner = ""] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const [minute, hour, day, month, weekday, year] = inner.split(/\s+/);
  if (!minute || !hour || !day || !month || !weekday || !year) {
    throw new Error(`a schedule is rate(n minutes|hours|days) or cron(six fields), got "${expression}"`);
  }
  const fits = [
    field(minute, 0, 59),
    field(hour, 0, 23),
    field(day, 1, 31),
    field(month, 1, 12, monthNames),
    field(weekday, 1, 7, dayNames),
    field(year, 1970, 2199),
  ] as const;
  return (now) => {
    const at = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
    for (let tries = 0; tries < 527_040; tries++) {
      at.setTime(at.getTime() + 60_000);
      if (
        fits[0](at.getUTCMinutes()) &&
        fits[1](at.getUTCHours()) &&
        fits[2](at.getUTCDate()) &&
        fits[3](at.getUTCMonth() + 1) &&
        fits[4](at.getUTCDay() + 1) &&
        fits[5](at.getUTCFullYear())
      ) {
        return at.getTime() - now.getTime();
      }
    }
    throw new Error(`"${expression}" has no turn within a year`);
  };
}

/** Calls `turn` by an expression until stopped; the next wait begins when a turn has ended. */
export function startSchedule(o: { expression: string; scale: number; turn: () => Promise<unknown> }): {
  stop(): void;
} {
  const next = nextTurn(o.expression);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const arm = (): void => {
    if (stopped) return;
    timer = setTimeout(run, Math.min(2 ** 31 - 1, Math.max(20, next(new Date()) / o.scale)));
    timer.unref();
  };
  const run = (): void => {
    void o.turn().then(arm, arm);
  };
  arm();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
