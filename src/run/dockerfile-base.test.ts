import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dockerfileBase } from './dockerfile-base.ts'

const cases: readonly (readonly [name: string, text: string, base: string | undefined])[] = [
  ['one stage', 'FROM node:24\nRUN npm ci', 'node:24'],
  ['comments, case and a platform', '# syntax=docker/dockerfile:1\n\n  from --platform=linux/amd64 alpine:3.22', 'alpine:3.22'],
  ['the last of several stages', 'FROM golang:1.25 AS build\nRUN go build\nFROM debian:12\nCOPY --from=build /a /a', 'debian:12'],
  ['a stage on another one', 'FROM node:24 AS base\nFROM alpine AS tools\nFROM BASE', 'node:24'],
  ['arguments with defaults', 'ARG VERSION="1.27"\nARG NAME=nginx\nFROM $NAME:${VERSION}', 'nginx:1.27'],
  ['a default where it is used', 'ARG TAG\nFROM redis:${TAG:-7}', 'redis:7'],
  ['lines that go on', 'FROM \\\n  postgres:17 \\\n  AS db\r\nEXPOSE 5432', 'postgres:17'],
  ['an argument without a default', 'ARG TAG\nFROM redis:$TAG', undefined],
  ['an argument of a stage is not one of FROM', 'FROM alpine\nARG B=1\nFROM x:$B', undefined],
  ['nothing below', 'FROM scratch\nCOPY a /', undefined],
  ['no FROM', 'RUN true', undefined],
  ['nothing', '', undefined],
]

for (const [name, text, base] of cases) test(`the base of a Dockerfile: ${name}`, () => assert.equal(dockerfileBase(text), base))
