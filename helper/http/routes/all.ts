import type { Backend } from '../backend.ts'
import type { Route } from '../route.ts'
import { archiveRoutes } from './archives.ts'
import { containerRoutes } from './containers.ts'
import { execRoutes } from './exec.ts'
import { fileRoutes } from './files.ts'
import { helperRoutes } from './helper.ts'
import { imageTransferRoutes } from './image-transfer.ts'
import { imageRoutes } from './images.ts'
import { networkRoutes } from './networks.ts'
import { outputRoutes } from './output.ts'
import { pastRoutes } from './past.ts'
import { planRoutes } from './plans.ts'
import { registryRoutes } from './registry.ts'
import { systemRoutes } from './system.ts'
import { volumeRoutes } from './volumes.ts'

/** Every endpoint there is. */
export function allRoutes(backend: Backend): readonly Route[] {
  return [
    ...systemRoutes(backend.system),
    ...containerRoutes(backend.containers),
    ...outputRoutes(backend.containers),
    ...execRoutes(backend.exec),
    ...imageTransferRoutes(backend.images),
    ...imageRoutes(backend.images),
    ...registryRoutes(backend.images),
    ...archiveRoutes(backend.archives),
    ...fileRoutes(backend.files),
    ...networkRoutes(backend.networks),
    ...volumeRoutes(backend.volumes),
    ...planRoutes(backend.plans),
    ...pastRoutes(backend.past),
    ...helperRoutes(backend.helper),
  ]
}
