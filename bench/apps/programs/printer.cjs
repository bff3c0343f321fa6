// Prints numbered lines: how many in a second, how many in all, and each how many a line of 66 KB follows (0: none).
const [rate, count, longEvery] = process.argv.slice(2).map(Number);
const SHORT = "x".repeat(60);
const LONG = "y".repeat(66_000);
const begun = performance.now();
let printed = 0;

const timer = setInterval(() => {
  const due = Math.min(count, ((performance.now() - begun) / 1_000) * rate);
  while (printed < due) {
    process.stdout.write(`${printed} ${longEvery > 0 && printed % longEvery === 0 ? LONG : SHORT}\n`);
    printed++;
  }
  if (printed === count) clearInterval(timer);
}, 10);
setInterval(() => {}, 1e9); // a process that ends would be started again
