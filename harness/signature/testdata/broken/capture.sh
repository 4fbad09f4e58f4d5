#!/bin/sh
# Builds the broken programs and records what each of them prints when it fails, one file a case.
# usage: capture.sh OUTDIR   (run in the directory of the programs)
set -u
here=$PWD out=$1
mkdir -p "$out"
for p in panics fatal hang leak assert exits; do go test -c -vet=off -o $p.test ./$p || exit 1; done
go test -c -race -vet=off -o race.test ./race || exit 1
export GORACE="atexit_sleep_ms=0 suppress_equal_stacks=0 halt_on_error=0 exitcode=66" GOMAXPROCS=4

# run FILE SECONDS BINARY ARGS...: SIGQUIT after SECONDS (0: never)
run() {
	file=$1 quit=$2 bin=$3; shift 3
	(
		cd "$here/$bin" || exit 1
		if [ "$quit" = 0 ]; then
			"$here/$bin.test" -test.paniconexit0 "$@"
		else
			timeout -s QUIT "$quit" "$here/$bin.test" -test.paniconexit0 "$@"
		fi
	) >"$out/$file.txt" 2>&1
	code=$?
	sed -i -e "s#$here#/src/broken#g" "$out/$file.txt"
	printf '%s exit=%s\n' "$file" "$code"
}
v=-test.v=test2json
run race-one 0 race $v -test.run='^TestOne$'
run race-many 0 race $v -test.run='^TestMany$'
run race-map 0 race $v -test.run='^TestMap$'
run race-panic 0 race $v -test.run='^TestRacePanic$'
run race-package-quiet 0 race -test.run='^TestOne|TestMany|TestMap$'
for t in Nil Index Background Value Nested ExitZero Bubble; do run panic-$(echo $t | tr A-Z a-z) 0 panics $v -test.run="^Test$t\$"; done
run panic-parallel 0 panics $v -test.run='^TestFirstPasses$|^TestParallel$'
run panic-nil-quiet 0 panics -test.run='^TestNil$'
run fatal-mapwrites 0 fatal $v -test.run='^TestMapWrites$'
run fatal-unlock 0 fatal $v -test.run='^TestUnlock$'
run fatal-overflow 0 fatal $v -test.run='^TestOverflow$'
run deadlock-test 0 fatal $v -test.run='^TestAsleep$' -test.timeout=0
ALLASLEEP=1 run deadlock-main 0 fatal $v
run hang-lockorder 1 hang $v -test.run='^TestLockOrder$' -test.timeout=20s
run hang-spin 1 hang $v -test.run='^TestSpin$' -test.timeout=20s
run hang-many 1 hang $v -test.run='^TestMany$' -test.timeout=20s
run hang-timeout 0 hang $v -test.run='^TestLockOrder$' -test.timeout=300ms
run leak-test 0 leak $v
LEAKMAIN=1 run leak-main 0 leak $v
run assert-all 0 assert $v
run assert-quiet 0 assert
run exit-logfatal 0 exits $v -test.run='^TestLogFatal$'
run exit-three 0 exits $v -test.run='^TestExit$'
run exit-kill 0 exits $v -test.run='^TestKill$'
run exit-segv 0 exits $v -test.run='^TestAbort$'
