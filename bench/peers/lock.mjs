// `npm run lock`: resolve anew, and leave out of the lock file who asks for donations where; nothing reads that here.
import { execSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

execSync("npm install --package-lock-only", { stdio: "inherit" });
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const found of Object.values(lock.packages)) delete found.funding;
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
