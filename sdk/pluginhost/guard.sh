# Ends slipway's plugins when slipway itself has died. Each line of the input
# is "+ GROUP FOLDER", for a plugin that was started and the folder of its
# socket, or "- GROUP", for one that has ended. The input ends with slipway.
# Plugins then have 0.8 s for themselves.
trap '' HUP INT QUIT TERM
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- # whatever slipway was given

# without sets left to the watched groups but one.
without() {
	left=
	for each in $watched; do
		[ "$each" = "$1" ] || left="$left $each"
	done
}

watched=
while read -r sign group folder; do
	case $sign in
	+) watched="$watched $group" && eval "folder$group=\$folder" ;;
	-) without "$group" && watched=$left ;;
	esac
done

# descendants stops the processes that a process has started, and those have, and
# prints their numbers. Each is stopped before it is asked for its own, so that
# none is started meanwhile and missed. A stat file says: number, name in brackets, state, parent.
descendants() {
	for child in $(grep -lE "\) . $1 " /proc/[0-9]*/stat | grep -o '[0-9]*'); do
		kill -STOP "$child"
		echo "$child"
		descendants "$child"
	done
}

# end kills a group, and what its leader has started in other groups.
end() {
	kill -STOP "-$1" # nothing more is started
	kill -KILL "-$1" $(descendants "$1")
}

clean() { eval "rm -rf -- \"\$folder$1\""; }

# A group of which nothing is left is never looked at again: its number may be
# another's soon.
for tenth in 1 2 3 4 5 6 7 8; do
	for group in $watched; do
		kill -0 "-$group" && continue
		without "$group" && watched=$left
		clean "$group"
	done
	[ "$watched" ] || exit 0
	sleep 0.1 || sleep 1
done
for group in $watched; do
	end "$group"
	clean "$group"
done
