Feature: What is not proved stays on the slipway
  Only the very digest that was tested reaches latest, and only when every
  scenario has passed. Nothing else moves a tag.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario: One failing scenario, and nothing moves
    Given both are promoted together
    And the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "keel" is changed
    And "hull" is changed
    And "hull" is proved by:
      """
        Scenario: it greets
          When I run "/program greet"
          Then the stdout equals "good day"

        Scenario: it sings
          When I run "/program sing"
          Then the exit code is 0
      """
    When I launch the fleet again
    Then the exit code is 3
    And it says "1 of 2 scenarios passed"
    And it says "the set fleet moves together or not at all, and hull did not get here"
    And "latest" of "keel" is what it was
    And "latest" of "hull" is what it was
    And "test" of "keel" has moved
    And nothing is left on the machine

  Scenario: What was never proved is not promoted
    When I say "slipway push all"
    Then the exit code is 0
    When I say "slipway promote all"
    Then the exit code is 3
    And "latest" of "keel" does not exist
    And "latest" of "hull" does not exist

  Scenario: A child waits for its parent
    Given "keel" is proved by:
      """
        Scenario: it sings
          When I run "/program sing"
          Then the exit code is 0
      """
    When I launch the fleet
    Then the exit code is 3
    And it says "blocked: [hull] keel failed"
    And "latest" of "keel" does not exist
    And "latest" of "hull" does not exist

  Scenario: Somebody else pushes a candidate between test and promotion
    Given a file "elsewhere/images/keel/Dockerfile":
      """
      FROM scratch
      LABEL pushed="by somebody else"
      """
    And a file "launch.yml":
      """
      - name: Build, prove, be overtaken, launch
        images: keel
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
          - name: Smoke
            smoke: {}
          - name: Somebody else pushes
            command:
              argv: ["{slipway}", push, all, -i, elsewhere, -e, "registry={registry}", -e, namespace=fleet,
                     --root, "{site}/elsewhere", --runroot, "{site}/elsewhere/run"]
          - name: Promote
            promote: { to: [latest] }
      """
    When I launch the fleet
    Then the exit code is 3
    And it says "keel:test points to"
    And it says "wanted the digest that was tested"
    And "latest" of "keel" does not exist

  Scenario: The deployment under test runs another digest
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And a file "deploy/compose.yml":
      """
      services:
        keel:
          image: keel
      """
    And a file "launch.yml":
      """
      - name: Deploy what is there
        images: keel
        tasks:
          - name: Deploy
            deploy: { file: deploy/compose.yml }
      - name: Build another one, ask the deployment and launch
        images: keel
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
          - name: Smoke
            smoke: {}
          - name: Promote
            promote: { to: [latest] }
      """
    And "keel" is proved by:
      """
        Scenario: it answers
          Then the service "keel" answers "/" on port 8080 with 200 within "20s"
          When I run "/program greet"
          Then the exit code is 0
      """
    And "keel" is changed
    When I launch the fleet again
    Then the exit code is 3
    And it says "the deployment runs another digest: the service "keel" runs"
    And "latest" of "keel" is what it was
    And nothing is left on the machine
