import { lookAt, otherPages } from './looking.js'

lookAt('The pages around runs in a browser', otherPages)
