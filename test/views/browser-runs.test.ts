import { lookAt, pagesOfRuns } from './looking.js'

lookAt('The pages of runs in a browser', pagesOfRuns)
