// How a script's interpreter is found: the part that every version of the application "script" has in common.

/**
 * Shell lines: $interpreter and $program become the command in $@, before the arguments there. The first line of the
 * program is read here and not by the kernel, so that it works without the execute bit and on noexec folders.
 */
export const chooseInterpreter = `export PYTHONDONTWRITEBYTECODE=1
if [ "$interpreter" = auto ]; then
  first=$(head -c 512 "$program" | head -n 1 | tr -d '\\000')
  case $first in
    '#!'*)
      first=\${first#'#!'}
      first=\${first%"$(printf '\\r')"}
      first=\${first#"\${first%%[![:blank:]]*}"}
      first=\${first%"\${first##*[![:blank:]]}"}
      interpreter=\${first%%[[:blank:]]*}
      option=\${first#"$interpreter"}
      option=\${option#"\${option%%[![:blank:]]*}"}
      if [ -n "$option" ]; then
        set -- "$option" "$program" "$@"
      else
        set -- "$program" "$@"
      fi
      ;;
    *)
      case $program in
        *.py) interpreter=python3 ;;
        *) interpreter=sh ;;
      esac
      set -- "$program" "$@"
      ;;
  esac
else
  set -- "$program" "$@"
fi
if ! command -v "$interpreter" > /dev/null 2>&1; then
  printf '%s\\n' "There is no interpreter $interpreter on this cluster (PATH is $PATH)." >&2
  exit 127
fi
`;
