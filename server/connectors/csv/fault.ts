/** Why a file can't be taken as a whole, in a sentence for the administrator. */
export class FileFault extends Error {
  constructor(readonly shown: string) {
    super('the file can not be read')
    this.name = 'FileFault'
  }
}
