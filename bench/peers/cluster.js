// Runs a server as two processes that share a port, and speaks with the benchmark as its other servers do: a greeting
// on standard output, what the processes use at /bench/usage, and the end when standard input ends.
import cluster from 'node:cluster'
import http from 'node:http'

const processes = 2

/** serve runs `start` in each process; it listens on any port of loopback and returns it. */
export async function serve(start, path) {
  if (cluster.isWorker) {
    process.on('message', (id) => process.send({ id, usage: usage() }))
    process.on('disconnect', () => process.exit(0))
    const port = await start()
    process.send({ port })
    return
  }
  // The first worker that listens on "any port" gets one; the others get the same.
  const workers = Array.from({ length: processes }, () => cluster.fork())
  let ending = false
  cluster.on('exit', () => {
    if (!ending) process.exit(1)
    if (Object.keys(cluster.workers).length === 0) process.exit(0)
  })
  const ports = await Promise.all(workers.map((worker) => answer(worker, (message) => message.port)))
  const control = http.createServer(async (_, response) => {
    response.end(JSON.stringify(await total(workers)))
  })
  control.listen(0, '127.0.0.1', () => {
    const usageAddr = `127.0.0.1:${control.address().port}`
    process.stdout.write(JSON.stringify({ Addr: `127.0.0.1:${ports[0]}`, UsageAddr: usageAddr, Path: path }) + '\n')
  })
  process.stdin.resume().on('end', () => {
    ending = true
    for (const worker of workers) worker.process.kill()
  })
}

/** usage is what this process has used since its start, in nanoseconds and bytes. */
function usage() {
  const { user, system } = process.cpuUsage()
  return { CPU: (user + system) * 1000, Resident: process.memoryUsage.rss() }
}

let questions = 0

/** total is what all processes have used, this one included. */
async function total(workers) {
  const others = workers.map((worker) => {
    const id = ++questions
    const reply = answer(worker, (message) => message.id === id && message.usage)
    worker.send(id)
    return reply
  })
  const all = [usage(), ...(await Promise.all(others))]
  return {
    CPU: all.reduce((sum, one) => sum + one.CPU, 0),
    Resident: all.reduce((sum, one) => sum + one.Resident, 0),
  }
}

/** answer waits for the worker's message from which `pick` takes something. */
function answer(worker, pick) {
  return new Promise((resolve) => {
    const listen = (message) => {
      const picked = pick(message)
      if (!picked) return
      worker.off('message', listen)
      resolve(picked)
    }
    worker.on('message', listen)
  })
}
