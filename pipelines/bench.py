"""bench.py PEAK TIMES <TABLE - runs pipelines one after the other, TIMES times
over, and prints the median of each one's time and the peak memory of each of
its processes. TABLE has a line NAME = COMMAND | COMMAND ... for each; PEAK is
the program peak.c. Output goes to /dev/null."""
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time

PEAK, TIMES = sys.argv[1], int(sys.argv[2])
LACKS = 77  # the exit status that says so


def split(command):
    """The argument lists of a pipeline."""
    stages = [[]]
    for word in shlex.split(command):
        if word == "|":
            stages.append([])
        else:
            stages[-1].append(word)
    return stages


def missing(stages):
    """Why it cannot run, if so."""
    for argv in stages:
        if not shutil.which(argv[0]):
            return "left out: no " + argv[0]
    return None


def run(stages):
    """Seconds, and the peak of each process in MiB; or the exit statuses."""
    start = time.perf_counter()
    processes, feed = [], subprocess.DEVNULL
    for i, argv in enumerate(stages):
        last = i == len(stages) - 1
        p = subprocess.Popen(
            [PEAK, "peak.%d" % i, *argv], stdin=feed,
            stdout=subprocess.DEVNULL if last else subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        if i:
            feed.close()
        feed = p.stdout
        processes.append(p)
    status = [p.wait() for p in processes]
    seconds = time.perf_counter() - start
    if any(status):
        return None, status
    return seconds, [int(open("peak.%d" % i).read().split()[0]) / 1024
                     for i in range(len(stages))]


def main():
    table, why = {}, {}
    for line in sys.stdin:
        if "=" in line:
            name, command = line.split("=", 1)
            table[name.rstrip()] = split(command)
    for name, stages in table.items():
        why[name] = missing(stages)
    seconds = {name: [] for name in table}
    peaks = {}
    for _ in range(TIMES):
        for name, stages in table.items():
            if why[name]:
                continue
            t, peak = run(stages)
            if t is None:
                why[name] = ("left out: it lacks something" if peak == [LACKS]
                             else "failed, exit status %s" % peak)
                continue
            seconds[name].append(t)
            peaks[name] = map(max, peak, peaks.get(name, peak))
            peaks[name] = list(peaks[name])
    print("medians of %d; load %.1f" % (TIMES, os.getloadavg()[0]))
    print("%-24s %8s %8s %7s  %s" %
          ("", "seconds", "fastest", "times", "peak MiB of each process"))
    first = None
    for name in table:
        if why[name]:
            print("%-24s %s" % (name, why[name]))
            continue
        t = statistics.median(seconds[name])
        first = first or t
        print("%-24s %8.3f %8.3f %7.2f  %s" %
              (name, t, min(seconds[name]), t / first,
               " + ".join("%.0f" % p for p in peaks[name])))


main()
