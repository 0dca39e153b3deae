// The batch script of a group: ours alone. A person's program is a file that it executes; Slurm reads no directive of theirs.
import { assign } from "../../shared/shell/quote.ts";
import { wrapperExit } from "../../shared/slurm/evidence.ts";

/** Names in the group's folder. */
export const groupFiles = {
  id: "group",
  script: "script",
  records: "records",
  members: "members",
  claim: "group",
} as const;

/** Names that a member's folder keeps for itself: no file of an application may have them. */
export const memberFiles = ["work", "stdout", "stderr"] as const;

/**
 * The script. `claim` is the file of the group's claim, `single` is the index of a group of one, "" for an array. POSIX sh, and no more than link and rename of the
 * file system, which are atomic over NFS too: a record is written aside and linked into place, so it is there whole or not
 * at all, and only the first start of a group's first submission gets to work.
 */
export function batchScript(o: { group: string; name: string; claim: string; single: number | undefined }): string {
  return `#!/bin/sh
# Headgate: one member of group ${o.group}.
umask 022
${assign("group", o.group)}
${assign("name", o.name)}
${assign("single", o.single === undefined ? "" : String(o.single))}
member=\${SLURM_ARRAY_TASK_ID:-$single}
mine="$name \${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}"

say() { echo "headgate: $*" >&2; }

# Where the folder is missing Slurm runs the script in /tmp.
here=
{ IFS= read -r here < ./${groupFiles.id}; } 2>/dev/null
if [ "$here" != "$group" ] || ! [ -d "${groupFiles.members}/$member/work" ]; then
  say "the job's folder is not here ($PWD)"
  exit ${wrapperExit.astray}
fi

# A start is known by a number of its own: two starts may share host, process id and second.
start=
{ IFS= read -r start < /proc/sys/kernel/random/uuid; } 2>/dev/null
[ -n "$start" ] || start=$(uuidgen 2>/dev/null)
[ -n "$start" ] || start="$(hostname)-$$-$(date +%s)"
aside="${groupFiles.records}/.$start"

# claim FILE WORDS: makes the file with these words unless it is there; whose it is, is read from the file.
claim() {
  holder=
  printf '%s\\n' "$2" > "$aside" && ln "$aside" "$1" 2>/dev/null
  rm -f "$aside"
  { IFS= read -r holder < "$1"; } 2>/dev/null
  if [ -z "$holder" ]; then
    say "no claim can be written in $PWD/${groupFiles.records}"
    exit ${wrapperExit.unclaimed}
  fi
  if [ "$holder" != "$2" ]; then
    # not on stderr: that file is the other start's
    { echo "$2 does nothing: $1 is claimed by $holder" >> ${groupFiles.records}/fenced; } 2>/dev/null
    exit ${wrapperExit.fenced}
  fi
}
began=$(date +%s)
claim ${groupFiles.records}/${o.claim} "$mine"
claim "${groupFiles.records}/$member.claim" "$mine $start $began \${SLURMD_NODENAME:--}"

child=
trap 'kill -TERM "$child" 2>/dev/null' TERM
trap 'kill -INT "$child" 2>/dev/null' INT
trap 'kill -HUP "$child" 2>/dev/null' HUP
cd "${groupFiles.members}/$member/work" || exit ${wrapperExit.astray}
/bin/sh ../../../${groupFiles.script} < /dev/null &
child=$!
# A trapped signal ends wait early: wait again until the child has really ended.
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
trap '' TERM INT HUP
cd ../../.. || exit ${wrapperExit.astray}
printf '%s\\n' "$start $code $began $(date +%s)" > "$aside" && mv -f "$aside" "${groupFiles.records}/$member.end"
exit "$code"
`;
}
