Feature: kill -9 at any moment
  Whatever slipway was doing when it was killed, the next run finds it, cleans
  up behind it, and finishes or undoes what was half done.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And both are promoted together

  Scenario: Killed while it builds
    Given "keel" also says "RUN ["/program", "linger"]" in its Dockerfile
    When slipway is launching the fleet
    And it is killed while "/program linger" runs
    And I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And every tag in the registry is whole
    And nothing is left on the machine

  Scenario: Its plugin is killed while it builds
    Given "keel" also says "RUN ["/program", "linger"]" in its Dockerfile
    When slipway is launching the fleet
    And its plugin is killed while "/program linger" runs
    Then the exit code is 2
    And it says "was killed by SIGKILL"
    When I launch the fleet
    Then the exit code is 0
    And nothing is left on the machine

  Scenario: Killed while it pushes
    Given the registry will not answer the second "test"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    Then every tag in the registry is whole
    And "test" of "hull" does not exist
    When the registry is well again
    And I launch the fleet
    Then the exit code is 0
    And nothing was built again
    And it promoted 2 images
    And every tag in the registry is whole
    And nothing is left on the machine

  Scenario: Killed while it deploys
    Given a file "deploy/compose.yml":
      """
      services:
        keel:
          image: localhost/keel
          environment: { DELAY: "2" }
          ports: ["8080"]
      """
    And a file "launch.yml":
      """
      - name: Build
        images: keel
        tasks:
          - name: Build
            build: {}
          - name: Push
            push: { tags: [test] }
          - name: Deploy
            deploy: { file: deploy/compose.yml }
          - name: Smoke
            smoke: {}
          - name: Promote
            promote: { to: [latest] }
      """
    When slipway is launching the fleet
    And it is killed while "/program serve" runs
    Then "latest" of "keel" does not exist
    When I launch the fleet
    Then the exit code is 0
    And it promoted 1 image
    And nothing is left on the machine

  Scenario: Killed while it proves
    Given "hull" is proved by:
      """
        Scenario: it lingers
          When I run "/program linger"
          Then the stdout equals "lingered"
      """
    When slipway is launching the fleet
    And it is killed while "/program linger" runs
    Then "latest" of "keel" does not exist
    And "latest" of "hull" does not exist
    When I launch the fleet
    Then the exit code is 0
    And nothing was built again
    And it promoted 2 images
    And nothing is left on the machine

  Scenario: Killed between two promotions of a set, and finished by the next run
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "keel" is changed
    And the registry will not answer the second "latest"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    Then "latest" of "keel" has moved
    And "latest" of "hull" is what it was
    When the registry is well again
    And I say "slipway build all"
    Then the exit code is 0
    And "latest" of "keel" is the very manifest under "test"
    And "latest" of "hull" is the very manifest under "test"
    And nothing is left on the machine

  Scenario: Killed between two promotions of a set, and undone by the next run
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And "keel" is changed
    And the registry will not answer the second "latest"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    Then "latest" of "keel" has moved
    When the registry is well again
    And somebody else moves "latest" of "hull"
    And I note what "latest" of "hull" is
    And I say "slipway build all"
    Then the exit code is 0
    And "latest" of "keel" is what it was
    And "latest" of "hull" is what it was
    And nothing is left on the machine
