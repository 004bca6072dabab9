"use strict";

const WELCOME = `# 匠梯。先登录，再把返回的 token 填进下面的 Headers：{"Authorization": "Bearer <token>"}
# Sign in first, then put the token into Headers below. Who can sign in where: ./jiangti demo accounts

mutation SignIn {
  signIn(input: {tenant: "wuhou", login: "wuhou.clerk", password: "Ladder-2022-demo"}) {
    token
    viewer { name roles tenant { name } }
    errors { code message }
  }
}

query Titles {
  viewer { name roles tenant { name } }
  titles(first: 10) {
    totalCount
    edges { node { name grantedOn person { name employer } certificate { number } } }
  }
}
`;

const fetcher = GraphiQL.createFetcher({ url: "/graphql" });
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: WELCOME,
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
    shouldPersistHeaders: false,
  }),
);
