# Runs a command for as long as somebody holds the other end of standard input. When that pipe closes, because its owner closed it
# or died of whatever cause, the command gets SIGINT (to PostgreSQL: roll back and shut down), and SIGQUIT (at once) if that takes too long.
#
# Arguments: the log file, how many tenths of a second SIGINT may take, then the command. Exits with the command's own status.

log=$1
tenths_max=$2
shift 2

# Children in the background get /dev/null as standard input, so the pipe moves to descriptor 3.
exec 3<&0 </dev/null >>"$log" 2>&1

"$@" 3<&- &
command=$!

(
  while read -r _; do :; done <&3
  # From here on a SIGTERM waits for the sleep, which would be left without a parent otherwise.
  trap exit TERM
  kill -INT "$command"
  tenths=0
  while kill -0 "$command" && [ "$tenths" -lt "$tenths_max" ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -QUIT "$command"
) 2>/dev/null &
watcher=$!

exec 3<&-
wait "$command"
status=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$status"
