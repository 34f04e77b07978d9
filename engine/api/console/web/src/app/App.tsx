import { RouterProvider } from "@tanstack/react-router";
import { ErrorState, Loading } from "../parts/States";
import { router } from "./router";
import { useSession } from "./session";
import { SignIn } from "./SignIn";

/** The pages for who is signed in, the form for who is not. */
export function App() {
  const { state, ask } = useSession();
  switch (state.at) {
    case "asking":
      return <Loading />;
    case "unreachable":
      return <ErrorState error={state.error} retry={() => void ask()} />;
    case "out":
      return <SignIn message={state.message} />;
    case "in":
      return <RouterProvider router={router} />;
  }
}
