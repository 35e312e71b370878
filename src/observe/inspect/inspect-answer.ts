/** As much of `GET /containers/{id}/json` as the page shows; all of it may be missing, as engines differ. */
import { z } from 'zod'

const text = z.string().nullish()
const count = z.number().nullish()
const flag = z.boolean().nullish()
const words = z.array(z.string()).nullish()
const wordOrWords = z.union([z.string(), z.array(z.string())]).nullish()

export const containerAnswerSchema = z.object({
  Id: z.string(),
  Name: text,
  Created: text,
  Image: text,
  RestartCount: count,
  State: z
    .object({
      Status: text,
      Pid: count,
      ExitCode: count,
      OOMKilled: flag,
      Error: text,
      StartedAt: text,
      FinishedAt: text,
      Health: z
        .object({
          Status: text,
          FailingStreak: count,
          Log: z.array(z.object({ Start: text, ExitCode: count, Output: text })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  Config: z
    .object({
      Image: text,
      User: text,
      WorkingDir: text,
      Hostname: text,
      Entrypoint: wordOrWords,
      Cmd: wordOrWords,
      Env: words,
      Labels: z.record(z.string(), z.string()).nullish(),
      Tty: flag,
      OpenStdin: flag,
      StopSignal: text,
    })
    .nullish(),
  HostConfig: z
    .object({
      NetworkMode: text,
      RestartPolicy: z.object({ Name: text, MaximumRetryCount: count }).nullish(),
      AutoRemove: flag,
      Privileged: flag,
      ReadonlyRootfs: flag,
      Init: flag,
      CapAdd: words,
      CapDrop: words,
      SecurityOpt: words,
      Memory: count,
      MemorySwap: count,
      NanoCpus: count,
      CpuShares: count,
      CpusetCpus: text,
      PidsLimit: count,
      PidMode: text,
      IpcMode: text,
      ShmSize: count,
    })
    .nullish(),
  Mounts: z.array(z.object({ Type: text, Name: text, Source: text, Destination: text, RW: flag, Propagation: text })).nullish(),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullable()).nullish(),
      Networks: z
        .record(
          z.string(),
          z.object({ IPAddress: text, GlobalIPv6Address: text, Gateway: text, MacAddress: text, Aliases: words }).nullable(),
        )
        .nullish(),
    })
    .nullish(),
})

export type ContainerAnswer = z.infer<typeof containerAnswerSchema>
