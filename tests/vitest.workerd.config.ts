// Objects, D1, queue and Worker inside workerd.
import { workerdProject } from './support/workerd-project.ts';

export default workerdProject('workerd');
