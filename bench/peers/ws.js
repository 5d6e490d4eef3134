// Node's `ws`: one send per socket and tick.
const { WebSocketServer } = require("ws");
const [port, ticks, interval, size] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port, host: "127.0.0.1", perMessageDeflate: false, backlog: 2048 });
process.on("SIGUSR1", async () => {
  const text = Buffer.from("x".repeat(size));
  for (let tick = 0; tick < ticks; tick++) {
    for (const client of server.clients) client.send(text, { binary: false });
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
  }
});
process.on("SIGTERM", () => process.exit(0));
