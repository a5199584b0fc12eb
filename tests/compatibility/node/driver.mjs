// Does with a Socket.IO client what it is told, and says what the client hears.
//
//     node driver.mjs socket.io-client
//
// Each line of standard input is a command in JSON, {id, do, ...}. Each line of standard output is
// either an answer, {id, value}, or something heard, {event, payload}: an event of the server, or
// the client's own connect, connect_error and disconnect.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { io } = createRequire(import.meta.url)(process.argv[2]);
let socket;

const commands = {
  connect({ url, options }) {
    socket = io(url, { ...options, forceNew: true });
    socket.onAny((event, payload) => say({ event, payload }));
    socket.on('connect', () => say({ event: 'connect' }));
    socket.on('disconnect', (payload) => say({ event: 'disconnect', payload }));
    socket.on('connect_error', ({ message, data }) =>
      say({ event: 'connect_error', payload: { message, data } }),
    );
  },
  request: ({ event, argumentsOf }) =>
    new Promise((resolve) => socket.emit(event, ...argumentsOf, resolve)),
  transport: () => socket.io.engine.transport.name,
};

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

async function obey(command) {
  say({ id: command.id, value: await commands[command.do](command) });
}

createInterface({ input: process.stdin }).on('line', (line) => void obey(JSON.parse(line)));
// Whoever gives the commands has gone.
process.stdin.on('end', () => process.exit());
