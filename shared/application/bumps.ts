// The application "bumps": curve fitting and Bayesian uncertainty by the program of that name (0.9).

import { type ApplicationSpec, defaultLimits, type ParameterSchema, type Parameters } from "./application-spec.ts";
import { bumpsProgressFile, readBumpsProgress } from "./bumps-progress.ts";
import { wordsFile } from "./words-file.ts";

// lm and snobfit exist too, but do not run with Debian 12's numpy
const fitters = ["amoeba", "newton", "de", "dream", "pt", "scipy.leastsq"] as const;
type Fitter = (typeof fitters)[number];

type Option = { fitters: readonly Fitter[]; schema: ParameterSchema };

/** Options of the fit by their names on bumps' command line, and the fitters that heed them; the others take no notice. */
const options = {
  steps: {
    fitters,
    schema: {
      type: "integer",
      title: "Steps",
      description:
        "Iterations of the fit after any burn-in. Without it bumps takes 1000 (amoeba, de), 3000 (newton), 400 (pt), 200 (scipy.leastsq); dream then draws by samples.",
      minimum: 1,
      maximum: 100_000_000,
      "x-unit": "steps",
      "x-group": "Fit",
    },
  },
  burn: {
    fitters: ["dream", "pt"],
    schema: {
      type: "integer",
      title: "Burn-in",
      description: "Iterations before statistics are gathered; for dream and pt. bumps takes 100 without it.",
      minimum: 0,
      maximum: 100_000_000,
      "x-unit": "steps",
      "x-group": "Sampling",
    },
  },
  samples: {
    fitters: ["dream"],
    schema: {
      type: "integer",
      title: "Samples",
      description: "Draws in all, where steps are not given; for dream. bumps takes 10000 without it.",
      minimum: 1,
      maximum: 1_000_000_000,
      "x-unit": "draws",
      "x-group": "Sampling",
    },
  },
  pop: {
    fitters: ["dream", "de"],
    schema: {
      type: "integer",
      title: "Population",
      description: "Population per fitted parameter; for dream and de. bumps takes 10 without it.",
      minimum: 1,
      maximum: 10_000,
      "x-group": "Sampling",
    },
  },
  thin: {
    fitters: ["dream"],
    schema: {
      type: "integer",
      title: "Thinning",
      description: "Iterations between two draws that are kept; for dream. bumps takes 1 without it.",
      minimum: 1,
      maximum: 1_000_000,
      "x-unit": "steps",
      "x-group": "Sampling",
    },
  },
} as const satisfies Record<string, Option>;

const batchScript = `# Runs bumps: the model and the options of the fit come as $1, $2 ... from words.sh; results go to the folder fit.
. ../words.sh
if ! command -v bumps > /dev/null 2>&1; then
  printf '%s\\n' "bumps is not installed on this cluster: no such program on the PATH ($PATH)." >&2
  exit 127
fi
threads=\${SLURM_CPUS_PER_TASK:-1}
export OPENBLAS_NUM_THREADS="$threads" OMP_NUM_THREADS="$threads"
export MPLBACKEND=Agg MPLCONFIGDIR="\${PWD%/*}/matplotlib" PYTHONDONTWRITEBYTECODE=1
mkdir -p "$MPLCONFIGDIR"
model=$1
shift
exec bumps "$model" --batch --store=fit "$@"
`;

export const bumps: ApplicationSpec = {
  id: "bumps",
  version: "1",
  title: "bumps",
  description:
    "Fits a bumps model (a Python file) to its data. The results are in the folder fit: parameters (.par), uncertainties (.err), progress (.mon), curves (.dat) and plots.",
  parameters: {
    type: "object",
    properties: {
      model: {
        type: "string",
        title: "Model",
        description: "Name of the input that defines the problem: a Python file.",
        pattern: "\\.py$",
        "x-accepted": "the name of an input that ends in .py",
        "x-input": true,
        "x-group": "Model",
      },
      fitter: {
        type: "string",
        title: "Fitter",
        description:
          "amoeba: Nelder-Mead simplex. newton: BFGS. de: differential evolution. dream: Bayesian sampling with uncertainties. pt: parallel tempering. scipy.leastsq: Levenberg-Marquardt.",
        enum: fitters,
        default: "amoeba",
        "x-group": "Fit",
      },
      steps: options.steps.schema,
      burn: options.burn.schema,
      samples: options.samples.schema,
      pop: options.pop.schema,
      thin: options.thin.schema,
      seed: {
        type: "integer",
        title: "Seed",
        description:
          "Start of the random numbers: the same seed gives the same fit. Without one bumps chooses and prints it.",
        minimum: 0,
        maximum: 4_294_967_295,
        "x-group": "Fit",
      },
    },
    required: ["model"],
    additionalProperties: false,
  },
  defaults: { nodes: 1, tasks: 1, cpusPerTask: 1, memoryMb: 512, wallMinutes: 30 },
  limits: defaultLimits,
  script: batchScript,
  check(_parameters, inputs) {
    return inputs.flatMap((name, index) =>
      name === "fit" || name.startsWith("fit/")
        ? [
            {
              field: `inputs.${index}.name`,
              value: JSON.stringify(name),
              accepted: "a name outside the folder fit, where the results go",
            },
          ]
        : [],
    );
  },
  files: (parameters) => ({ "words.sh": wordsFile(bumpsWords(parameters)) }),
  progress: { file: bumpsProgressFile, read: readBumpsProgress },
};

/** The model and the options of the fit, in the order of bumps' help. */
function bumpsWords(parameters: Parameters): string[] {
  const { model, fitter, seed } = parameters as { model: string; fitter: Fitter; seed?: number };
  const given = Object.entries<Option>(options).filter(
    ([name, option]) => parameters[name] !== undefined && option.fitters.includes(fitter),
  );
  return [
    // a name with a leading dash would be an option
    model.startsWith("-") ? `./${model}` : model,
    `--fit=${fitter}`,
    ...given.map(([name]) => `--${name}=${parameters[name]}`),
    ...(seed === undefined ? [] : [`--seed=${seed}`]),
  ];
}
