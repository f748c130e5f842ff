"""Start a process with multiprocessing's spawn, get a first value from it, and
print how many milliseconds that took."""

import multiprocessing
import time


def noop(connection):
    connection.send(7)


def main():
    context = multiprocessing.get_context("spawn")
    begin = time.perf_counter()
    ours, theirs = context.Pipe()
    process = context.Process(target=noop, args=(theirs,))
    process.start()
    theirs.close()
    answer = ours.recv()
    took = time.perf_counter() - begin
    process.join()
    if answer != 7:
        raise SystemExit(f"spawn.py: answered {answer}, want 7")
    print(f"{took * 1000:.3f} ms")


if __name__ == "__main__":
    main()
