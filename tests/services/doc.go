// Command services runs another command with the services that the tests need, and leaves nothing behind:
//
//	go run ./tests/services [-disk] [-postgres] [-redis] [-chromium] [-gcc] [-curl] [-sqlite3] [-oidc-agent] -- COMMAND [ARGUMENT...]
//
// Without a flag it provides all of them. What is missing on the machine it installs from Debian's packages; what it
// cannot provide is a failure (exit code 1), so a test never has to skip itself.
//
// PostgreSQL and Redis are private: started in a temporary folder, on free ports of 127.0.0.1. The folder is in memory
// (/dev/shm) where there is room for it, but for -disk and where TMPDIR says otherwise. The command finds them in its
// environment:
//
//	AUTHLY_TEST_POSTGRES_URL   postgres://postgres@127.0.0.1:PORT/postgres?sslmode=disable
//	AUTHLY_TEST_POSTGRES_BIN   folder with postgres, initdb, psql, pg_dump, for tests that start or copy their own
//	AUTHLY_TEST_REDIS_URL      redis://127.0.0.1:PORT/0
//	AUTHLY_TEST_CHROMIUM       path of the browser
//	AUTHLY_TEST_SQLITE3        path of the sqlite3 tool
//
// gcc is there because the race detector of Go needs cgo.
//
// SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on to the command, and its exit code is the exit code of this one (128
// + signal when it died of one). The command has a process group of its own, so it should not read from a terminal.
// When it ends, whatever it left running in its group is killed. That, and the removal of the folder, is the work of a
// second process (guard.go), so it happens after kill -9 too.
package main
