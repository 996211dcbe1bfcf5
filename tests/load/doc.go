// Command load measures what the real server costs per request, and compares it with the budgets of
// docs/performance.md:
//
//	go run ./tests/load [-users 10000,1000000] [-databases sqlite,postgres] [-only REGEXP] [-json FILE]
//	                    [-baseline FILE [-update]] [-perf FOLDER] [-transfer ROWS] [-live EVENTS [-live-time 1m]]
//
// It builds the binary, and for each database and each number of users it seeds a fresh database, starts one server on
// a free port of 127.0.0.1, and runs the scenarios one after the other: a closed loop of 16 connections, each with a
// fixed number of requests after a warm-up of its own. The figure to compare is the CPU time per operation, user and
// system, of the server's process and of all processes of PostgreSQL together, because rates say more about what else
// the machine does. It prints Markdown tables; an operation that is not answered as it should be is an error, and exit
// code 1.
//
// With -baseline, CPU per operation is compared with a file that an earlier run wrote by -update. More than 1.5 times
// the baseline is a regression, and exit code 1. Before, the baseline is scaled by how fast this machine signs ES256.
//
// With -perf, Linux perf records the server during every scenario, to a file for each.
//
// With -transfer, it imports so many users and exports them again instead, while a writer changes and adds some. In the middle
// of each the server is killed; another one goes on when the lease of the job is over. Each user must then be there once, have one
// event, and be in the file once, and no server may have taken more memory than its budget.
//
// With -live, it runs two nodes on PostgreSQL instead, with Redis (if AUTHLY_TEST_REDIS_URL says where) and without, and tells 100
// subscribers, half of them at each node, of so many audit events a second, which are added as a third node would. Subscribers
// break their connections now and then, and one node is killed in the middle. Each must hear every event once, in the order of
// its writer, and the chain of the trail must be whole.
//
// PostgreSQL is the private one of tests/services:
//
//	go run ./tests/services -postgres -- go run ./tests/load
//
// The files: main.go the order of things; plan.go flags; server.go the program and its process; database.go both
// databases; cpu.go clocks; connection.go HTTP; fill.go and people.go what is prepared; scenario_*.go what is measured;
// loop.go the closed loop; transfer.go imports and exports; live*.go live events; budget.go,
// baseline.go, report.go what is made of the figures.
package main
