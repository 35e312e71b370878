import { PockerError } from '../../api/errors.ts'

/** The error of a template that cannot be parsed. */
export function templateError(cause: string): PockerError {
  return new PockerError('InvalidParameter', `template parsing error: ${cause}`, { code: 'bad-template' })
}

/** The error of a template that does not fit what it is given. */
export function evaluationError(cause: string): PockerError {
  return new PockerError('InvalidParameter', `template parsing error: ${cause}`, { code: 'template-mismatch' })
}
