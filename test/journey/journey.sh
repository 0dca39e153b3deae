#!/usr/bin/env bash
# One bumps fit by curl alone: sign in, upload, submit, follow, download, verify, and submit again under the same key.
#
#   test/journey/journey.sh LOCAL_JSON FOLDER
#
# LOCAL_JSON is what `npm start` wrote (.headgate/local.json); downloads go to FOLDER/files. Prints `key=value` lines.
set -euo pipefail
local_json=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
example=$here/../../infra/local/welcome/bumps
mkdir -p "$folder/files"

# field FILE EXPRESSION: a value of a JSON file; `it` is its content
field() { node -e 'const it = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); const v = eval(process.argv[2]); console.log(typeof v === "object" ? JSON.stringify(v) : v)' "$1" "$2"; }
# ask METHOD PATH [CURL-OPTION...]: calls the API; the answer lies in $folder/answer.json
ask() {
  local method=$1 path=$2 status
  shift 2
  status=$(curl -sS -o "$folder/answer.json" -w '%{http_code}' -X "$method" -H "Authorization: Bearer $token" "$@" "$api$path")
  case $status in 2??) ;; *) echo "$method $path answered $status: $(cat "$folder/answer.json")" >&2; exit 1 ;; esac
}

api=$(field "$local_json" it.api)
cognito=$(field "$local_json" it.cognito)
client=$(field "$local_json" it.cliClientId)
email=$(field "$local_json" 'it.users.find((user) => user.handle === "alice").email')
password=$(field "$local_json" 'it.users.find((user) => user.handle === "alice").password')

# 1. sign in, and make a personal token as a script would keep it
curl -sSf -o "$folder/answer.json" -H 'content-type: application/x-amz-json-1.1' \
  -H 'x-amz-target: AWSCognitoIdentityProviderService.InitiateAuth' "$cognito" \
  -d "{\"AuthFlow\":\"USER_PASSWORD_AUTH\",\"ClientId\":\"$client\",\"AuthParameters\":{\"USERNAME\":\"$email\",\"PASSWORD\":\"$password\"}}"
token=$(field "$folder/answer.json" it.AuthenticationResult.AccessToken)
ask POST /v1/tokens -H 'content-type: application/json' -d '{"name":"one too many"}'
ask DELETE "/v1/tokens/$(field "$folder/answer.json" it.id)"
ask POST /v1/tokens -H 'content-type: application/json' -d '{"name":"journey","days":1}'
token=$(field "$folder/answer.json" it.token)

# 2. upload the model and its data, each by a signed PUT that is good once
upload() { # upload FILE NAME -> id
  local file=$1 name=$2 size url again id
  size=$(wc -c <"$file")
  ask POST /v1/uploads -H 'content-type: application/json' -d "{\"name\":\"$name\",\"size\":$size,\"type\":\"text/plain\"}"
  cp "$folder/answer.json" "$folder/upload.json"
  url=$(field "$folder/upload.json" it.url)
  id=$(field "$folder/upload.json" it.id)
  curl -sSf -X PUT --data-binary "@$file" -H 'content-type: text/plain' -H 'if-none-match: *' "$url" >&2
  again=$(curl -sS -o /dev/null -w '%{http_code}' -X PUT --data-binary "@$file" -H 'content-type: text/plain' -H 'if-none-match: *' "$url")
  [ "$again" = 412 ] || { echo "a second PUT answered $again instead of 412" >&2; exit 1; }
  echo "$id"
}
model=$(upload "$example/line.py" line.py)
data=$(upload "$example/points.dat" points.dat)

# 3. submit
body="{\"application\":\"bumps\",\"name\":\"journey\",\"parameters\":{\"model\":\"line.py\",\"fitter\":\"dream\",\"steps\":50,\"burn\":20,\"seed\":7},\"inputs\":[{\"upload\":\"$model\",\"name\":\"line.py\"},{\"upload\":\"$data\",\"name\":\"points.dat\"}]}"
key=journey-$(date +%s)-$$
ask POST /v1/jobs -H 'content-type: application/json' -H "Idempotency-Key: $key" --data-binary "$body"
job=$(field "$folder/answer.json" it.id)
echo "job=$job"

# 4. follow
shown=
for _ in $(seq 600); do
  ask GET "/v1/jobs/$job"
  state=$(field "$folder/answer.json" it.state)
  [ "$state" = "$shown" ] || echo "state=$state"
  shown=$state
  case $state in succeeded | failed | cancelled) [ "$(field "$folder/answer.json" it.results.state)" = pending ] || break ;; esac
  sleep 0.2
done
cp "$folder/answer.json" "$folder/job.json"
ask GET "/v1/jobs/$job/events"
cp "$folder/answer.json" "$folder/events.json"
[ "$state" = succeeded ] || { cat "$folder/job.json" "$folder/events.json" >&2; }

# 5. download every file and hold it against its SHA-256
ask GET "/v1/jobs/$job/files"
cp "$folder/answer.json" "$folder/files.json"
count=$(field "$folder/files.json" it.files.length)
for index in $(seq 0 $((count - 1))); do
  path=$(field "$folder/files.json" "it.files[$index].path")
  href=$(field "$folder/files.json" "it.files[$index].href")
  want=$(field "$folder/files.json" "it.files[$index].sha256")
  mkdir -p "$(dirname "$folder/files/$path")"
  curl -sSfL -o "$folder/files/$path" -H "Authorization: Bearer $token" "$api$href"
  have=$(sha256sum <"$folder/files/$path" | cut -d' ' -f1)
  [ "$have" = "$want" ] || { echo "$path has SHA-256 $have, its manifest says $want" >&2; exit 1; }
done
echo "files=$count"
[ "$state" = succeeded ] || exit 1

# 6. the same submission again under its key is the same job; another body is refused
ask POST /v1/jobs -H 'content-type: application/json' -H "Idempotency-Key: $key" --data-binary "$body"
echo "again=$(field "$folder/answer.json" it.id)"
refused=$(curl -sS -o "$folder/answer.json" -w '%{http_code}' -H "Authorization: Bearer $token" -H 'content-type: application/json' \
  -H "Idempotency-Key: $key" --data-binary "${body/\"seed\":7/\"seed\":8}" "$api/v1/jobs")
echo "other-body=$refused $(field "$folder/answer.json" it.code)"
echo "slurm=$(field "$folder/job.json" it.slurmId)"
echo "folder=$(field "$folder/job.json" it.folder)"
echo "account=$(field "$folder/job.json" it.account)"
