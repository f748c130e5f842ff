// Package property reads the properties of roles: JSON text in home.json, which
// package home keeps without looking into it.
//
//	name        value                                    default
//	retry       {"first_steps": [1, 2, 4]}               no retries
//	storage     4000000 or "64MiB", bytes of log         64 MiB
//	restart     "on-crash" or {"policy": "on-crash"}     never
//	after       "db" or ["db", "cache"]                  no role
//	readiness   "socket" or {"tcp": "localhost:6379"}    ready at once
//	command     {"program": "/usr/bin/redis-server"}     a component
//	executable  "snooze", never changes
//	created     "2026-01-02T03:04:06.000Z", never changes
//
// Of a role that asks for restarts, five within a minute are too many: the rule
// and its two numbers, intensity and period, are those of supervisors in
// Erlang/OTP, where they are 1 within 5 seconds.
//
// What is read was checked: a [Set] has no value that its user would have to
// refuse. What is printed is canonical: [Parse] gives the same text for each way
// to write a value. The package starts nothing and changes no file.
package property
