export { McpSimulator, type McpFault, type McpSimulatorOptions } from './mcp-simulator.ts';
export type { SimulatedTool, SimulatedToolResult } from './simulated-tool.ts';
