export function CompareScreen(): React.ReactNode {
  return <h1>CompareScreen</h1>;
}
