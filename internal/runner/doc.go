// Package runner is the small program that stays with a role when somebody has
// to: with a plain program, which cannot hold a lock, keep a log or write a
// history of its own, and with a component that is to be started again after a
// crash. ansar starts one for each such role, with [Start]; the program itself
// is [Main], or [StandIn] where it is not installed.
//
// Its invariant: there is at most one run of the role at a time, each run is in
// the history with the end that it had, and after an order to end none begins.
//
//	state        a run goes on  left by
//	running      yes            its word that it is ready; its end; an order
//	ready        yes            its end; an order
//	stopping     yes            its end; the end of its grace; a second order
//	terminating  yes            its end; 2 s; a second order
//	killing      yes            its end
//	waiting      no             the end of the pause; an order, at once
//	over         no
//
// A plain program runs in a session of its own. What it prints is stamped when
// it arrives, and stored before more is read. When it ends, all that it has left
// behind is killed: its process group, and whatever the runner, as a child
// subreaper, has adopted. If it was told to end, what is left of its group and its
// session has the rest of the grace before that. It ends with its runner: by
// SIGKILL, if that is killed. What it had itself started may be left then, and is
// ended by the next runner of the role.
//
// The runner of a plain program holds the lock of the role for all its life,
// that of a component the lock of the keeper. A component does not end with its
// keeper, and the next keeper adopts it.
//
// What a runner does all day allocates no memory and sets no timer. The monitor
// of the Go runtime wakes it once a minute.
package runner
