import {
  clockTime,
  isDepartmentOpen,
  type AgentSnapshot,
  type Department,
  type ToolOutcome,
} from '@tandem/contracts';

/** Returns the department of the agent's directory, or for the model why it cannot be called now. */
export function chooseDepartment(
  { directory, timeZone }: Pick<AgentSnapshot, 'directory' | 'timeZone'>,
  key: string,
  at: Date,
): Department | Extract<ToolOutcome, { status: 'refused' }> {
  const isOpen = (department: Department): boolean => isDepartmentOpen(department, timeZone, at);
  const found = directory.find((department) => department.key === key);
  const others = directory
    .filter((department) => department.key !== key && isOpen(department))
    .map((department) => department.key);
  const instead =
    others.length > 0
      ? `Open now: ${others.join(', ')}.`
      : 'No other department can be reached now; offer another way.';
  if (!found)
    return {
      status: 'refused',
      reason: 'unknown-department',
      detail: `There is no such department, and numbers cannot be dialled. ${instead}`,
    };
  if (isOpen(found)) return found;
  return {
    status: 'refused',
    reason: 'department-closed',
    detail: `${found.name} is closed now. Its hours: ${spokenHours(found.hours)}. ${instead}`,
  };
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function spokenHours(hours: Department['hours']): string {
  return hours
    .map(
      ({ weekday, opensMinute, closesMinute }) =>
        `${WEEKDAYS[weekday - 1]} ${clockTime(opensMinute)} to ${clockTime(closesMinute)}`,
    )
    .join(', ');
}
