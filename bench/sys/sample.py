"""Takes one sample: `sample.py ROW` reads the row's facts with psutil, like sample.ts, and prints the time as JSON."""

import json
import statistics
import sys
import time

import psutil

LENGTH, LEAST, MOST = 0.3, 5, 1_000

FACTS = ["pid", "ppid", "name", "exe", "cmdline", "status", "uids", "create_time", "cpu_times", "memory_info", "io_counters"]


def disks():
    return [(disk, psutil.disk_usage(disk.mountpoint)) for disk in psutil.disk_partitions()]


READINGS = {
    "processes": lambda: [process.info for process in psutil.process_iter(FACTS)],
    "cpu": lambda: psutil.cpu_times(percpu=True),
    "memory": lambda: (psutil.virtual_memory(), psutil.swap_memory()),
    "disks": disks,
    "network": lambda: (psutil.net_io_counters(pernic=True), psutil.net_if_addrs()),
    "ports": lambda: psutil.net_connections("inet"),
}

read = READINGS[sys.argv[1]]
for _ in range(LEAST):
    read()
durations = []
end = time.perf_counter() + LENGTH
while len(durations) < LEAST or (len(durations) < MOST and time.perf_counter() < end):
    start = time.perf_counter()
    read()
    durations.append((time.perf_counter() - start) * 1000)
print(json.dumps({"time": statistics.median(durations)}))
