// Run by the image of MongoDB when its database is empty. Each role may read and write its own
// database, and no other.
const { readFileSync } = require("node:fs");

for (const [user, database] of [
  ["storage", "market"],
  ["auth", "users"],
]) {
  const pwd = readFileSync(`/run/secrets/mongo/${user}`, "utf8");
  db.getSiblingDB(database).createUser({ user, pwd, roles: [{ role: "readWrite", db: database }] });
}
