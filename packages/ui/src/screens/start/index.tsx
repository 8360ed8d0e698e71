export function StartScreen(): React.ReactNode {
  return <h1>StartScreen</h1>;
}
