export function TraceScreen(): React.ReactNode {
  return <h1>TraceScreen</h1>;
}
