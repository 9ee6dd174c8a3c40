// A service that people would miss: answers with its process id until it is killed. `node service.js PORT`.
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
createServer((_request, response) => {
  response.setHeader('connection', 'close').end(String(process.pid));
}).listen(port, '127.0.0.1');
