// The same house, whose bindings fail when a test says so. No fault switch exists in production code.
import { workerdProject } from './support/workerd-project.ts';

export default workerdProject('bindings', 'tests/bindings/house.ts');
