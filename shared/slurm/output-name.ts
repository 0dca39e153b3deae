// Names of files that a script's output goes to, with Slurm's patterns for what is known only when it runs.
import { fileNameFault } from "../contract/id.ts";

/** What such a name accepts, in words. */
export const outputNameWords =
  "a relative name in the job's folder, in which %j is the Slurm job id, %A and %a the array's id and index, %u the Unix account, %N the node, %% a percent sign";

/** Why a name is refused, in words; undefined where it is accepted. A number pads an id with zeros: %4a. */
export function outputNameFault(name: string): string | undefined {
  const bare = name.replaceAll(/%(?:(?:10|[1-9])?[jAa]|[uN%])/g, "x");
  if (bare.includes("%")) return outputNameWords;
  if (bare.includes("\n")) return "a name without a line break";
  return fileNameFault(bare);
}

/**
 * A POSIX shell function: `expand NAME` puts the name with its patterns replaced into $expanded. It reads $slurm_job,
 * $slurm_array and $slurm_task, and expects a name that outputNameFault accepts.
 */
export const expandFunction = `expand() {
  expanded=
  rest=$1
  while :; do
    case $rest in
      *%*) ;;
      *)
        expanded=$expanded$rest
        return
        ;;
    esac
    expanded=$expanded\${rest%%\\%*}
    rest=\${rest#*%}
    width=\${rest%%[!0-9]*}
    rest=\${rest#"$width"}
    case $rest in
      j*) value=$slurm_job ;;
      A*) value=$slurm_array ;;
      a*) value=$slurm_task ;;
      u*) value=$(id -un) ;;
      N*)
        value=\${SLURMD_NODENAME:-$(uname -n)}
        value=\${value%%.*}
        ;;
      *) value=% ;;
    esac
    rest=\${rest#?}
    while [ "\${#value}" -lt "\${width:-0}" ]; do value=0$value; done
    expanded=$expanded$value
  done
}
`;
