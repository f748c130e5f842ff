package cli

const propertiesTopic = `A property says how a role is treated. ansar get prints one, set and edit change
it: {"value": ...} with an object of the members below, of which any can be left
out. Spans of time are written "1.5s" or "5m".

  retry        pauses of the program itself, after an attempt that ended in Maybe
    first_steps    seconds before the second attempt, the third, and so on
    regular_steps  seconds before each after these; without it there is none
    step_limit     most pauses in all; 0 is none
    randomized     seconds: each pause grows by a random multiple of it, at most
                   by its own length
    truncated      0 to 1: it grows by at most this part of its length

  storage      a number of bytes, or "64MiB"; the oldest log goes first

  restart      when a role in the background is started again; or the policy alone
    policy         never, on-crash or always (never)
    intensity      most restarts within the period; one more has failed (5)
    period         (60s)
    healthy        after a run of this length, pauses begin anew (10s)
    backoff        the pauses, as retry; when they are used up, the role has failed
                   (from 0.1 s, doubled each time, to 60 s, and up to a quarter more)

  after        a list of roles, or the name of one: they are ready before this one
               is started, and stopped after it

  readiness    when a plain program is ready, one of the first five; or the word for
               notify alone
    notify         socket (READY=1 to NOTIFY_SOCKET, as sd_notify does), fd (a newline
                   on descriptor NOTIFY_FD) or none (at once)
    exec           a list, a program and its arguments: when it exits with 0
    tcp            host:port, when it takes a connection
    http           a URL, when it answers with a status from 200 to 399
    log            a regular expression, when a line of the output has a match
    every          from one probe to the next (0.25s)
    timeout        how long one probe may take (1s)

  command      a plain program
    program        its absolute path
    args           a list of its arguments
    env            variables beside those it inherits; secret ones are its settings
    dir            where it works (the folder of the home)
    stop_signal    what ends it (SIGTERM)
    stop_group     true: the signal goes to its whole process group
    grace          how long it may take to end then (10s)

A crash is a signal, a panic, an end without a result or, of a plain program, an exit
status other than 0. A fault that a component returns is an answer, and no crash.`
