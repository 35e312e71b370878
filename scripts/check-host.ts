/**
 * `scripts/with-node.sh scripts/check-host.ts HOST`: brings the built program to a machine over SSH, uses it there, and takes it away again, with the time
 * of each step. HOST is a name of `~/.ssh/config` or `user@host:port`; a password for sudo comes from POCKER_SUDO_PASSWORD. All of Pocker's on that
 * machine is gone afterwards.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { createEngineClient } from '../src/client/http-client.ts'
import { openRemoteAt } from '../ssh/remote.ts'
import { builtPayload, scriptedQuestions } from '../test/support/ssh-client.ts'

const [address] = process.argv.slice(2)
if (address === undefined) throw new Error('check a host: name it')
const sudo = process.env.POCKER_SUDO_PASSWORD
const questions = scriptedQuestions(sudo === undefined ? {} : { sudo })
const remote = openRemoteAt(address, { home: homedir(), env: process.env, payload: builtPayload })
const client = createEngineClient({ connect: () => remote.openEngine(), reuse: true, apiVersion: () => '1.47' })
const idSchema = z.object({ Id: z.string() })

async function step(what: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await work()
  console.log(`${what.padEnd(40)}${(performance.now() - began).toFixed(0).padStart(8)} ms`)
}

const run = async (name: string, command: readonly string[]) => {
  const body = { Image: 'host', Cmd: command, HostConfig: { NetworkMode: 'host' } }
  const { Id } = await client.ask('POST', '/containers/create', idSchema, { query: { name }, body })
  await client.tell('POST', `/containers/${Id}/start`)
}

const exec = async (command: readonly string[]) => {
  const body = { Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true }
  const { Id } = await client.ask('POST', '/containers/checked/exec', idSchema, { body })
  return await text(await client.hijack(`/exec/${Id}/start`, { body: { Tty: true } }))
}

try {
  await step('connect, bring the helper there, start it', () => remote.connect({ questions }))
  remote.disconnect()
  await step('connect again and list', async () => {
    await remote.connect({ questions: undefined })
    await client.ask('GET', '/containers/json', z.array(z.unknown()))
  })
  await step('list', () => client.ask('GET', '/containers/json', z.array(z.unknown())))
  await step('create and start a container', () => run('checked', ['sh', '-c', 'echo hello; exec sleep 1000']))
  await step('exec', async () => assert.match(await exec(['sh', '-c', 'echo in $HOSTNAME']), /^in /))
  await step('its log', async () => assert.match(await text(await client.stream('GET', '/containers/checked/logs?stdout=1')), /hello/))
  await step('statistics', () =>
    client.ask('GET', '/containers/checked/stats?stream=false', z.object({ memory_stats: z.object({ usage: z.number() }) })),
  )
  await step('a port of it', async () => {
    const local = await remote.servePort('127.0.0.1', 22)
    const { connect } = await import('node:net')
    const socket = connect(local.port ?? 0, '127.0.0.1')
    assert.match(String((await once(socket, 'data'))[0]), /^SSH-2/)
    socket.destroy()
    local.close()
  })
} finally {
  client.close()
  await step('take it away', () => remote.uninstall({ questions }))
}
console.log(`asked: ${questions.asked.join(', ') || 'nothing'}`)
process.exit()
