import { resetStack } from '@tandem/stack';

resetStack({ log: (line) => console.log(line) });
