"""One loader per set of the benchmarks page; each takes the folder of all sets and raises `Absent` without
its own."""
