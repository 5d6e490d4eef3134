// Socket.IO on Node: one emit to everyone per tick.
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const [port, ticks, interval, size] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
process.on("SIGUSR1", async () => {
  const text = "x".repeat(size);
  for (let tick = 0; tick < ticks; tick++) {
    io.emit("m", text);
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
  }
});
process.on("SIGTERM", () => process.exit(0));
http.listen({ port, host: "127.0.0.1", backlog: 2048 });
